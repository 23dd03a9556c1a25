"""The hidden label: the AIGC record of GB 45438 and the IPTC digital source type, in an XMP packet and a mirror."""

"""The keyed watermark in the vertex positions: `codec` knows arrays only, the files beside it know the Scene."""

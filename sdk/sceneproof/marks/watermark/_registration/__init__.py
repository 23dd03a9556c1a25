"""Registration of a suspect to its reference: arrays in, candidates of the suspect in the reference's frames out."""

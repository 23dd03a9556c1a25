"""Wavefront OBJ and MTL: statements to arrays (`parse`, `elements`), to a Scene (`build`), and back (`apply`)."""

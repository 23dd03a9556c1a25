"""What several parts need of one Scene, one file each. Each is a function of the Scene, computed once and remembered."""

"""What several parts need of one Scene, one file each: functions of the Scene, computed once and remembered."""

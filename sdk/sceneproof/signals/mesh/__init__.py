"""The state of a surface, a cloud or splats: what a scan artist would repair; never scored."""

"""Facts to SVG, pure: pictures that work without script, without colour, in the dark and on paper."""

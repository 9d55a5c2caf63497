"""Releases of the content: frozen folders, who approved them, and what was retired on the way."""

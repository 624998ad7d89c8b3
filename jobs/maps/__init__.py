"""The map and its themes: fitting, placing, refitting, naming, comparing, exporting."""

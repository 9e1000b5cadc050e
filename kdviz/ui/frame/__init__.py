"""The frame of every page: navigation, language, the selected run, URL state, progress."""

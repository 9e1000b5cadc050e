"""The frame around every page: navigation, language, the run being shown, the page's address, progress."""

"""The Runs page: the table of all runs, comparing some of them, sharing one."""

"""Streamlit building blocks: what the pages are put together from."""

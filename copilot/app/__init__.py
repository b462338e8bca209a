"""The Streamlit pages; each calls the facade and draws a record."""

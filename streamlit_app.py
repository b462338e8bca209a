"""The pages' router: page set-up, the service, navigation, and nothing else."""

from pathlib import Path

import streamlit as st

import copilot.app
from copilot.app._state import provide_service, service, state, told

PAGES = {
    "chat": "Chat",
    "knowledge": "Knowledge",
    "tutor": "Learn",
    "customers": "Customers",
    "campaigns": "Campaigns",
    "jobs": "Jobs",
    "settings": "Settings",
}


def main() -> None:
    """Set up the page, hold the service ready, run the chosen page."""
    folder = Path(copilot.app.__file__).parent
    pages = {
        name: st.Page(folder / f"{name}.py", title=title, url_path=name, default=name == "chat")
        for name, title in PAGES.items()
    }
    chosen, state().pages = st.navigation(list(pages.values())), pages
    wide = chosen.title not in ("Chat", "Settings")
    st.set_page_config(f"{chosen.title} · Marketing Copilot", layout="wide" if wide else "centered")
    with told():
        provide_service()
        model = service().settings.model
        st.sidebar.caption(f"Model: {model}" if model else "Offline: nothing leaves this machine")
        chosen.run()


if __name__ == "__main__":
    main()

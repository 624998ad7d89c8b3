"""Who is reading. The one place that decides it; every page asks before it reads anything.

The provider says who somebody is, by issuer and subject; Northlight's own tables say what that
person may do; and the database is asked at every run whether the sign-in still counts. What
Streamlit's cookie remembers is only the way to a session of ours.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import uuid4

import streamlit as st
from streamlit.errors import StreamlitAuthError

from pages.shared import access, address, browser, database, screens
from queries.access import sessions
from queries.access.people import DEMO
from queries.access.sessions import Session, SignIn
from queries.errors import SignInOver
from queries.gate import Identity
from queries.systems.demo_people import PEOPLE

SESSION = "northlight.session"  # in the tab's state: the id of our session, nothing more
VIEW_AS = "northlight.view_as"
# What tells one sign-in from the next: every tab of a browser brings the same.
OF_THE_SIGN_IN = ("iss", "sub", "aud", "iat", "nonce", "sid", "jti")


def current() -> Identity:
    """The reader of this run. Where there is none it says so on the page and stops the run."""
    try:
        if access.way_in() == access.DEMO:
            return _viewed_as().identity
        return _signed_in().identity
    except access.Closed as closed:
        _stop("Nobody can sign in here", str(closed))


def _signed_in() -> Session:
    """The person the provider vouches for; draws the account in the sidebar."""
    told = st.user.to_dict()
    if not told.get("is_logged_in"):
        _ask_to_sign_in("Sign in", "Northlight shows people's own words, to those they are for.")
    session = _session_of(told)
    _return_to_where_it_began()
    _account(session)
    return session


def _session_of(told: Mapping[str, object]) -> Session:
    engine, known = database.engine(), st.session_state.get(SESSION)
    try:
        if known is not None:
            session = sessions.session_person(engine, known)
            if session is None:
                raise SignInOver
            return session
        session = sessions.sign_in(engine, database.signer(), _sign_in(told))
    except SignInOver as over:
        _ask_to_sign_in("Signed out", str(over))
    if session is None:
        _no_access(told)
    st.session_state[SESSION] = session.id
    return session


def _sign_in(told: Mapping[str, object]) -> SignIn:
    issuer, subject, issued = told.get("iss"), told.get("sub"), told.get("iat")
    if not (issuer and subject and issued) or issuer == DEMO:
        raise access.Closed("The provider's token lacks `iss`, `sub` or `iat`.")
    words = "\n".join(f"{name}={told.get(name)}" for name in OF_THE_SIGN_IN)
    login = sha256(words.encode()).hexdigest()
    return SignIn(str(issuer), str(subject), login, datetime.fromtimestamp(int(issued), UTC))


def _ask_to_sign_in(title: str, sentence: str) -> None:
    screens.listed(None)
    st.title(title)
    st.write(sentence)
    try:
        for label, provider in access.providers().items():
            st.button(label, type="primary", on_click=_go_to_provider, args=(provider,))
    except StreamlitAuthError as error:
        raise access.Closed(str(error)) from error
    st.stop()


def _go_to_provider(provider: str | None) -> None:
    browser.remember("address", (st.context.url, st.query_params.to_dict()))
    st.login(provider) if provider else st.login()


def _return_to_where_it_began() -> None:
    """A provider sends everybody back to the first page: go on to the one that was asked for."""
    kept = browser.forget("address")
    if not isinstance(kept, tuple):
        return
    url, parameters = kept
    name = urlsplit(url or "").path.rstrip("/").rpartition("/")[2]
    screen = screens.named(name)
    if screen:
        screens.listed(None)  # Streamlit goes only to pages that it has heard of
        st.switch_page(str(screen.file), query_params=parameters)
    st.query_params.from_dict(parameters)


def _account(session: Session) -> None:
    with st.sidebar.popover(session.name, icon=":material/person:", width="stretch"):
        st.caption(f"Signed in as {screens.ROLES[session.role]}.")
        st.button("Sign out", on_click=_sign_out, args=(session.id,), width="stretch")
        st.button(
            "Sign out everywhere",
            on_click=_sign_out,
            args=(session.id, True),
            help="Ends every sign-in of yours, in every browser.",
            width="stretch",
        )


def _sign_out(session: str, everywhere: bool = False) -> None:
    end = sessions.sign_out_everywhere if everywhere else sessions.end_session
    end(database.engine(), session)
    st.session_state.pop(SESSION, None)
    st.logout()


def _no_access(told: Mapping[str, object]) -> None:
    screens.listed(None)
    st.title("No access")
    st.write("You are signed in, but nobody has let you in here. Ask an operator; your id is")
    st.code(f"{told['sub']}\n{told['iss']}", language=None)
    st.button("Use another account", on_click=st.logout)
    st.stop()


def _viewed_as() -> Session:
    """The demo person who was chosen in the sidebar."""
    subjects = [who.subject for who in PEOPLE]
    names = {who.subject: f"{who.name}, {screens.ROLES[who.role]}" for who in PEOPLE}
    before = browser.recall(VIEW_AS)
    chosen = st.sidebar.selectbox(
        "View as",
        subjects,
        index=subjects.index(before) if before in subjects else 0,
        format_func=names.__getitem__,
        key=VIEW_AS,
        persist_state="session",
        on_change=_another_was_chosen,
        help="Only in the demo: everybody sees what their role and their clients allow.",
    )
    return _demo_session(chosen)


def _another_was_chosen() -> None:
    """Keep the choice for this browser's next tab; what is open is perhaps not theirs to see."""
    browser.remember(VIEW_AS, st.session_state[VIEW_AS])
    address.forget_all()
    st.query_params.clear()


def _demo_session(subject: str) -> Session:
    engine, key = database.engine(), f"{SESSION}.{subject}"
    known = st.session_state.get(key)
    session = sessions.session_person(engine, known) if known else None
    if session is None:
        told = SignIn(DEMO, subject, uuid4().hex, datetime.now(UTC))
        session = sessions.sign_in(engine, database.signer(), told)
    if session is None:
        _stop("No access", "This person was deactivated, or the demo was never loaded.")
    st.session_state[key] = session.id
    return session


def _stop(title: str, sentence: str) -> None:
    screens.listed(None)
    st.title(title)
    st.info(sentence, icon=":material/lock:")
    st.stop()

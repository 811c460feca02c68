"""Endpoints that need no login, each with its reason. Everything else carries a gate."""

PUBLIC: dict[str, str] = {
    "appbuilder.static": "style sheets and scripts of the upstream library",
    "LocaleView.index": "remembers the language of pages in the session",
    "assets": "our own style sheets and scripts",
    "healthz": "liveness for the platform; says only that the process answers",
    "readyz": "readiness for the platform; says only which parts answer",
    "EuLoginView.login": "the way in",
    "EuLoginView.callback": "the way back from the identity provider; checks state, nonce and signature",
    "EuLoginView.backchannel_logout": "called by the identity provider; checks its signature",
    "EuLoginView.logout": "leaving is always allowed",
    "EuLoginView.signed_out": "says that the session has ended",
    "VerificationView.verify": "the QR code of an outcome leads here; says only genuine or superseded",
    "theme": "sets the colour theme in a cookie",
    "accessibility": "the accessibility statement",
    "privacy": "what the portal keeps about whom, and for how long",
}

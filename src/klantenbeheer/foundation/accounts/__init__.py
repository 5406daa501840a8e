"""Signing in and what belongs to it: own account, second factor, sessions, invitations, tokens, the log of sign-ins."""

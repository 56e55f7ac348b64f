"""Second factors, asked of who signs with an account: codes of an application, passkeys, recovery codes."""

"""Mail: the outbox, its delivery to a real server, and the worker."""

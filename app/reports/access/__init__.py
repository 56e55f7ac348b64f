"""Who sees a report, what a person may do with it, and the facts that the workflow's table asks for."""

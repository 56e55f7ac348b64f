"""What waits for a person: tasks and notifications."""

"""The demo: invented people, meetings and reports, brought about through the domain for who wants to look around."""

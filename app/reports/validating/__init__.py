"""The commission votes, its president validates or sends back."""

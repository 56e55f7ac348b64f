"""Signing on paper: the copy to print, what comes back of it, who attests it; and who signs in another's stead."""

"""The books at hand, and the settings that change them."""

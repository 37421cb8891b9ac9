"""What an agent tells a customer who insists."""

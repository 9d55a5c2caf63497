"""What is wrong with content, told to whoever writes it."""

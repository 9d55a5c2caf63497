"""Pages for people: trying the service, and the card that other systems embed."""

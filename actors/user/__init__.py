"""What a user is: the profile, and when the daily digest is due. Pure, but for the Dapr shell."""

"""What every channel through Twilio needs: its REST API, its errors, its signature, its fields."""

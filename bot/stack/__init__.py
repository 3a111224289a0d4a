"""What runs beside the application: the secrets' file, the model, Rasa, the embedded database."""

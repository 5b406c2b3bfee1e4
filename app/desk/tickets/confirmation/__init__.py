"""The client's word after a resolution: confirmation, reopening, reminders, closing by silence."""

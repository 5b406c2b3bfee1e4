"""What is looked after: client companies with their sites, departments and employees, and their devices."""

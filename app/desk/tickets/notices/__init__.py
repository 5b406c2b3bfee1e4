"""Who is told what when something happens to a ticket."""

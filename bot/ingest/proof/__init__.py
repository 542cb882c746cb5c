"""What a proofreader looks for in an issue, one kind of slip a file; `bot.ingest.check` asks them all."""

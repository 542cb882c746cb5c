"""The ways to people outside the platform: the robots of group chats, e-mail, and what apprise knows."""

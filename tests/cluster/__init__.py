"""The roles as processes of their own on this machine: any replica serves anyone, whichever process dies."""

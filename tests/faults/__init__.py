"""The real system under load while its processes are killed and stopped, its connections cut and its disks filled."""

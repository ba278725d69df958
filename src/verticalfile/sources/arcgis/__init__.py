"""ArcGIS: directories, services and layers, and the Hubs that list them."""

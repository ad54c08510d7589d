"""The web application: intake, work list, review, administration and the API. `app.create_app` puts it together."""

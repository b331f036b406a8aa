resource "auth0_resource_server" "api_example_com_orders" {
  name = "https://api.example.com/orders"
  identifier = "https://api.example.com/orders"
  signing_alg = "RS256"
  token_dialect = "access_token"
}

resource "auth0_resource_server_scopes" "api_example_com_orders" {
  resource_server_identifier = auth0_resource_server.api_example_com_orders.identifier
  scopes {
    name = "read:orders"
  }
}

resource "auth0_resource_server" "api_example_com_orders" {
  name = "https://api.example.com/orders"
  identifier = "https://api.example.com/orders"
  token_dialect = "access_token"
}

resource "auth0_resource_server_scopes" "api_example_com_orders" {
  resource_server_identifier = auth0_resource_server.api_example_com_orders.identifier
  scopes {
    name = "read:orders"
  }
}

resource "auth0_resource_server" "urn_old" {
  name = "Old & new"
  identifier = "urn:old"
  signing_alg = "HS256"
  token_dialect = "access_token"
  subject_type_authorization {
    user {
      policy = "require_client_grant"
    }
    client {
      policy = "deny_all"
    }
  }
}

resource "auth0_resource_server_scopes" "urn_old" {
  resource_server_identifier = auth0_resource_server.urn_old.identifier
  scopes {
    name = "read"
  }
}

resource "auth0_resource_server" "urn_nowhere" {
  name = "urn:nowhere"
  identifier = "urn:nowhere"
}

resource "auth0_resource_server_scopes" "urn_nowhere" {
  resource_server_identifier = auth0_resource_server.urn_nowhere.identifier
  scopes {
    name = "x"
  }
}

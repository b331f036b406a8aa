resource "auth0_resource_server" "api_example_com_orders" {
  name = "Orders API"
  identifier = "https://api.example.com/orders"
  signing_alg = "RS256"
  token_dialect = "rfc9068_profile_authz"
  enforce_policies = true
  allow_offline_access = true
  token_lifetime = 3600
  skip_consent_for_verifiable_first_party_clients = false
  proof_of_possession {
    mechanism = "dpop"
    required = true
    required_for = "all_clients"
  }
  subject_type_authorization {
    user {
      policy = "deny_all"
    }
    client {
      policy = "require_client_grant"
    }
  }
  authorization_details {
    type = "payment"
  }
  authorization_details {
    type = "refund"
  }
  token_encryption {
    format = "compact-nested-jwe"
    encryption_key {
      name = "httpd"
      algorithm = "RSA-OAEP-256"
      kid = "new"
      pem = "the public key of key.pem"
    }
  }
}

resource "auth0_resource_server_scopes" "api_example_com_orders" {
  resource_server_identifier = auth0_resource_server.api_example_com_orders.identifier
  scopes {
    name = "read:orders"
    description = "Read orders"
  }
  scopes {
    name = "write:orders"
    description = "Create \"and\" change: orders"
  }
  scopes {
    name = "export:orders"
  }
}

data "auth0_client" "nightly_batch" {
  name = "Nightly batch"
}

resource "auth0_client_grant" "api_example_com_orders_nightly_batch" {
  client_id = data.auth0_client.nightly_batch.client_id
  audience = auth0_resource_server.api_example_com_orders.identifier
  scopes = ["read:orders", "write:orders"]
  subject_type = "client"
  depends_on = [auth0_resource_server_scopes.api_example_com_orders]
}

data "auth0_client" "jckslhr1zmy1jw3dnxur5kxckvknhrfa" {
  client_id = "JcKSLHr1ZmY1Jw3DnXUr5kXCkVKNHRFa"
}

resource "auth0_client_grant" "api_example_com_orders_jckslhr1zmy1jw3dnxur5kxckvknhrfa" {
  client_id = data.auth0_client.jckslhr1zmy1jw3dnxur5kxckvknhrfa.client_id
  audience = auth0_resource_server.api_example_com_orders.identifier
  scopes = ["read:orders"]
  subject_type = "client"
  depends_on = [auth0_resource_server_scopes.api_example_com_orders]
}

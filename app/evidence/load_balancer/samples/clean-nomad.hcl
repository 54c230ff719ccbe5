job "shop" {
  datacenters = ["dc1"]
  update {
    max_parallel = 1
    canary       = 1
  }
  group "app" {
    count = 3
    service {
      name = "app"
      port = "http"
      check {
        type     = "http"
        path     = "/readyz"
        interval = "5s"
        timeout  = "2s"
      }
    }
    task "web" {
      driver         = "docker"
      shutdown_delay = "10s"
      kill_timeout   = "30s"
      config { image = "shop:3f9c1a2" }
    }
  }
}

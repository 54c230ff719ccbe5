module "alb" {
  source  = "terraform-aws-modules/alb/aws"
  version = "~> 8.0"
  name = "shop"
  load_balancer_type = "application"
  target_groups = [
    {
      name_prefix      = "shop-"
      backend_protocol = "HTTP"
      backend_port     = 8000
      target_type      = "instance"
      deregistration_delay = 15
      health_check = {
        path     = "/readyz"
        interval = 10
        unhealthy_threshold = 2
      }
      targets = {
        one = {
          target_id = "i-0123456789abcdefg"
          port      = 8000
        }
        two = {
          target_id = "i-a1b2c3d4e5f6g7h8i"
          port      = 8000
        }
      }
    }
  ]
  http_tcp_listeners = [
    {
      port               = 80
      protocol           = "HTTP"
      target_group_index = 0
    }
  ]
}

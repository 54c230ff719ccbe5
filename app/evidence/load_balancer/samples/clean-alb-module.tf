module "alb" {
  source  = "terraform-aws-modules/alb/aws"
  version = "~> 9.0"

  name    = "shop"
  vpc_id  = module.vpc.vpc_id
  subnets = module.vpc.public_subnets

  listeners = {
    http = {
      port     = 80
      protocol = "HTTP"
      forward = {
        target_group_key = "app"
      }
    }
  }

  target_groups = {
    app = {
      name_prefix          = "shop-"
      protocol             = "HTTP"
      port                 = 8000
      target_type          = "instance"
      deregistration_delay = 10
      health_check = {
        enabled             = true
        interval            = 5
        path                = "/readyz"
        healthy_threshold   = 2
        unhealthy_threshold = 2
      }
      create_attachment = false
    }
  }

  additional_target_group_attachments = {
    a = { target_group_key = "app", target_id = aws_instance.app[0].id, port = 8000 }
    b = { target_group_key = "app", target_id = aws_instance.app[1].id, port = 8000 }
  }
}

module "asg" {
  source            = "terraform-aws-modules/autoscaling/aws"
  name              = "shop"
  min_size          = 3
  max_size          = 6
  desired_capacity  = 3
  traffic_source_attachments = {
    alb = {
      traffic_source_identifier = module.alb.target_groups["app"].arn
    }
  }
}

variable "vpc" { type = string }

resource "aws_lb_target_group" "app" {
  name                 = "shop-app" # one group
  port                 = 8000
  protocol             = "HTTP"
  vpc_id               = var.vpc
  deregistration_delay = 30

  health_check {
    path                = "/readyz"
    interval            = 5
    unhealthy_threshold = 2
    healthy_threshold   = 2
  }
}

resource "aws_lb_target_group_attachment" "app" {
  count            = 3
  target_group_arn = aws_lb_target_group.app.arn
  target_id        = aws_instance.app[count.index].id
  port             = 8000
}

resource "aws_instance" "app" {
  count     = 3
  user_data = <<-EOT
    }}} upstream { is not read
  EOT
  tags = { Name = "app" }
  lifecycle {
    ignore_changes = [ami]
  }
}

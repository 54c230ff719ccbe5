resource "aws_lb_target_group" "app" {
  port     = 8000
  protocol = "HTTP"
  stickiness {
    type    = "lb_cookie"
    enabled = true
  }
  health_check {}
}
resource "aws_autoscaling_group" "app" {
  min_size          = var.least
  max_size          = 9
  target_group_arns = [aws_lb_target_group.app.arn]
}

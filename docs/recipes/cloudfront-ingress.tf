# The Terraform code of cloudfront-ingress.yml. The rules stand in the group itself: what the group holds is then known
# while the plan is made, and the guard can tell.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.32"
    }
  }
}

# Filled by ip_ranges.auto.tfvars.json.
variable "aws_ip_ranges_cidr_blocks" {
  type = list(string)
}

variable "vpc_id" {
  type = string
}

resource "aws_security_group" "load_balancer" {
  name   = "load-balancer"
  vpc_id = var.vpc_id

  ingress {
    description = "CloudFront"
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = var.aws_ip_ranges_cidr_blocks
  }
}

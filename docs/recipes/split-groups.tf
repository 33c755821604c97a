# The Terraform code of split-groups.yml: as many groups as the list needs, with at most 60 ranges in each.

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

# AWS's quota of rules in a group, unless yours was raised.
variable "rules_per_group" {
  type    = number
  default = 60
}

locals {
  parts = chunklist(var.aws_ip_ranges_cidr_blocks, var.rules_per_group)
}

# The rules stand in the groups themselves: what a group holds is then known while the plan is made. AWS publishes the
# ranges in the order of the addresses, so a new one moves some of the others to the next group; the plan shows these.
resource "aws_security_group" "ec2" {
  count       = length(local.parts)
  name_prefix = "ec2-egress-${count.index}-"
  vpc_id      = var.vpc_id

  egress {
    description = "EC2, part ${count.index + 1} of ${length(local.parts)}"
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = local.parts[count.index]
  }

  # When the list needs a group less, the instances leave it before it is deleted.
  lifecycle {
    create_before_destroy = true
  }
}

# All of them, for `vpc_security_group_ids` of the instances.
output "security_group_ids" {
  value = aws_security_group.ec2[*].id
}

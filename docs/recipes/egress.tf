# The Terraform code of pipeline-example.yml and of terraform-variables.yml: it takes as many ranges as there are. The
# plans and states that the guard's tests read were made with Terraform 1.15.9, OpenTofu 1.12.6 and these providers.
#
# Add the backend that keeps your state. Without one the state is lost with the container of each task, and the next
# apply creates everything again. Both pipelines give the credentials of both providers: remove what you do not use.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.32"
    }
    cloudfoundry = {
      source  = "cloudfoundry/cloudfoundry"
      version = "~> 1.16"
    }
  }
}

# Filled by ip_ranges.auto.tfvars.json, or by TF_VAR_aws_ip_ranges_cidr_blocks.
variable "aws_ip_ranges_cidr_blocks" {
  type = list(string)
}

# Cloud Foundry: a group of its own, since the update replaces all rules of the group.
resource "cloudfoundry_security_group" "s3_egress" {
  name                     = "s3_egress"
  globally_enabled_running = true
  globally_enabled_staging = true
  rules = [
    for cidr in var.aws_ip_ranges_cidr_blocks : {
      protocol    = "tcp"
      destination = cidr
      ports       = "443"
    }
  ]
}

# AWS: a prefix list that security groups and route tables refer to. `max_entries` counts against the quota of each
# security group that refers to the list, so leave room for a few more ranges and not for many.
resource "aws_ec2_managed_prefix_list" "s3" {
  name           = "s3"
  address_family = "IPv4"
  max_entries    = 20

  dynamic "entry" {
    for_each = toset(var.aws_ip_ranges_cidr_blocks)
    content {
      cidr = entry.value
    }
  }
}
